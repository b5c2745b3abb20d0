import "./styles/index.css";
import "htmx.org";
import { onDrafts } from "./drafts";
import { onFolds } from "./folds";
import { onForms } from "./forms";
import { onPhotos } from "./photos";
import { onTicks } from "./ticks";
import { onTrees } from "./tree";
import { onVisits } from "./visit";

document.documentElement.classList.add("scripted");
onFolds();
onDrafts();
onForms();
onPhotos();
onTicks();
onTrees();
onVisits();
