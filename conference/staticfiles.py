"""Static files under hashed names, imports between our JavaScript modules included."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStaticFilesStorage(CompressedManifestStaticFilesStorage):
    # Django rewrites `import ... from "./x.js"` to the hashed names only when asked.
    support_js_module_import_aggregation = True
    # In our own folder only: packages ship modules for bundlers, whose bare names
    # are no files.
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )
