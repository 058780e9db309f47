// A meeting's page: copying the link, and the dialogs that cancel.

import "../ui/copy-link.js";
import "../ui/dialogs.js";
