"""The register of sites: what exists, where, and which unit answers for what there."""
