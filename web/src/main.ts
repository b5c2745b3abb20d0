import "./styles/index.css";
import "htmx.org";
import { onDrafts } from "./drafts";
import { onFolds } from "./folds";
import { onForms } from "./forms";
import { onTrees } from "./tree";

document.documentElement.classList.add("scripted");
onFolds();
onDrafts();
onForms();
onTrees();
