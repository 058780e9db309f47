// The start page: joining by code, copying links.

import "../ui/join-form.js";
import "../ui/copy-link.js";
