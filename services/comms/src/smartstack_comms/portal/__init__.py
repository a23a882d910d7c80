"""The portal: what a client sees and sends through a share link."""
