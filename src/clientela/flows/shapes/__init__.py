"""What the company knows of its customers: profile types, fields, packs, and what changes break."""
