"""An HTTP API with a background worker and database migrations."""
