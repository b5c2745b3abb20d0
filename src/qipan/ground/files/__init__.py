"""Files under their hash, and photos with the copies that pages show."""
