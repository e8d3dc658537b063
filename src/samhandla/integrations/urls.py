"""Paths of the import."""

from samhandla.integrations.views import batches, sources, templates
from samhandla.trust.gate import page
from samhandla.trust.permissions import Permission as P

urlpatterns = [
    page("import/", sources.source_list, name="sources", permission=P.IMPORT_RUN),
    page("import/ny/", sources.source_new, name="source-new", permission=P.IMPORT_RUN),
    page("import/kalla/<int:source_id>/", sources.source_page, name="source", permission=P.IMPORT_RUN),
    page(
        "import/kalla/<int:source_id>/andra/",
        sources.source_edit,
        name="source-edit",
        permission=P.IMPORT_RUN,
    ),
    page(
        "import/kalla/<int:source_id>/roller/",
        sources.source_rules,
        name="source-rules",
        permission=P.IMPORT_RUN,
    ),
    page(
        "import/kalla/<int:source_id>/tolkning/",
        sources.source_reading,
        name="source-reading",
        permission=P.IMPORT_RUN,
    ),
    page(
        "import/kalla/<int:source_id>/kontrollera/",
        sources.source_check,
        name="source-check",
        permission=P.IMPORT_RUN,
    ),
    page(
        "import/kalla/<int:source_id>/hamta/", sources.source_run, name="source-run", permission=P.IMPORT_RUN
    ),
    page("import/kalla/<int:source_id>/fil/", batches.upload, name="upload", permission=P.IMPORT_RUN),
    page(
        "import/mall/<slug:name>.csv",
        templates.template_csv,
        name="template-csv",
        permission=P.IMPORT_RUN,
    ),
    page("import/<int:batch_id>/", batches.batch_page, name="batch", permission=P.IMPORT_RUN),
    page("import/<int:batch_id>/kolumner/", batches.columns, name="batch-columns", permission=P.IMPORT_RUN),
    page("import/<int:batch_id>/ta-in/", batches.batch_commit, name="batch-commit", permission=P.IMPORT_RUN),
    page("import/<int:batch_id>/fortsatt/", batches.batch_again, name="batch-again", permission=P.IMPORT_RUN),
    page("import/<int:batch_id>/angra/", batches.batch_undo, name="batch-undo", permission=P.IMPORT_RUN),
    page(
        "import/<int:batch_id>/ej-mottagna.csv",
        batches.refusals_csv,
        name="batch-refusals",
        permission=P.IMPORT_RUN,
    ),
    page(
        "import/<int:batch_id>/att-ratta.csv",
        batches.to_mend_csv,
        name="batch-to-mend",
        permission=P.IMPORT_RUN,
    ),
]
