import "./styles/index.css";
import "htmx.org";
import { onFolds } from "./folds";
import { onForms } from "./forms";
import { onTrees } from "./tree";

document.documentElement.classList.add("scripted");
onFolds();
onForms();
onTrees();
