import "./styles/public.css";
import { onForms } from "./forms";
import { onPhotos } from "./photos";

onForms();
onPhotos();
