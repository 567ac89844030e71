import { offline } from "./offline";
import { pushing } from "./push";

offline();
pushing();
