"""Backups: all tables and files of an installation in one archive that any supported database can be restored from."""
