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

// Write writes bytes to component 0 of the pixels from (x, y) on, unless they are
// there already.
func (r *Raster) Write(x, y int, bytes []byte) {
	if r.Adjoins() {
		if to := r.Place(x, y, len(bytes), nil); len(bytes) > 0 && &to[0] != &bytes[0] {
			copy(to, bytes)
		}
		return
	}
	r.Scatter(x, y, bytes)
}

// CopyWhere writes to the pixels from (x, y) on those of another raster from
// (x, fromY) on where the mask is 255, and 0 where it is 0. Both have as many
// components.
func (r *Raster) CopyWhere(mask []byte, x, y int, from *Raster, fromY int) {
	to, at := r.Offset+y*r.Row+x*r.Pixel, from.Offset+fromY*from.Row+x*from.Pixel
	for _, m := range mask {
		for c := range r.Components {
			r.Pix[to+c*r.Component] = from.Pix[at+c*from.Component] & m
		}
		to, at = to+r.Pixel, at+from.Pixel
	}
}

// Bytes returns the bytes of n pixels from (x, y) on if all components of these
// adjoin, and in which order they lie: forwards (1) or backwards (-1).
func (r *Raster) Bytes(x, y, n int) (bytes []byte, order int, ok bool) {
	if r.Pixel != r.Components || r.Component != 1 && r.Component != -1 {
		return nil, 0, false
	}
	at := r.Offset + y*r.Row + x*r.Pixel
	if r.Component < 0 {
		at -= r.Components - 1
	}
	return r.Pix[at:][:n*r.Pixel], r.Component, true
}
