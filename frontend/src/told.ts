import { pushing } from "./push";

pushing();
