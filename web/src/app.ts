// What makes every page better: choices at once, figures in place, the keyboard.

import * as keys from "./keys.js";
import * as live from "./live.js";
import * as preferences from "./preferences.js";

document.documentElement.dataset["script"] = "";
preferences.start();
live.start();
keys.start();
