package raster

// Adjoins reports whether the pixels of each row, of one component, adjoin.
func (r *Raster) Adjoins() bool { return r.Pixel == 1 }

// Place returns where to write the n bytes of the pixels from (x, y) on: in place
// if they adjoin, otherwise into scratch, for Scatter to copy.
func (r *Raster) Place(x, y, n int, scratch []byte) []byte {
	if !r.Adjoins() {
		return scratch[:n]
	}
	return r.Pix[r.Offset+y*r.Row+x:][:n]
}

// Scatter writes bytes to component 0 of the pixels from (x, y) on.
func (r *Raster) Scatter(x, y int, bytes []byte) {
	at := r.Offset + y*r.Row + x*r.Pixel
	for _, value := range bytes {
		r.Pix[at] = value
		at += r.Pixel
	}
}
