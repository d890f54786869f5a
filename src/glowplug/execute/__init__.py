"""Running what the physical plan says: `local` on this machine."""
