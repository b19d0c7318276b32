"""How style sheets and scripts are named when they are served: by their content, so that a browser may keep them."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Files with a hash in their name, packed. What our scripts import is called by that name too.

    Only the hashed files are kept: without the second part an ``import`` would ask for a file that is not there, and
    the whole script of the page would not run. Scripts of packages stay as they are: some only talk of imports.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
