"""From where a net puts the points of a face to where a data set's labels lie."""
