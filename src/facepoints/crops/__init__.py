"""Box rules and warp geometry: from a photo to the view frame."""
