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

// Write writes bytes to component 0 of the pixels from (x, y) on.
func (r *Raster) Write(x, y int, bytes []byte) {
	if r.Adjoins() {
		copy(r.Place(x, y, len(bytes), nil), bytes)
		return
	}
	r.Scatter(x, y, bytes)
}

// CopyWhere writes to the pixels from (x, y) on those of another raster from
// (x, fromY) on where the mask is 255, and 0 where it is 0. Both have as many
// components.
func (r *Raster) CopyWhere(mask []byte, x, y int, from *Raster, fromY int) {
	size := r.Components
	if r.Pixel == size && from.Pixel == size && r.Component == from.Component && (r.Component == 1 || r.Component == -1) {
		// The bytes of a pixel lie in the same order. With -1 the last one comes first.
		back := min(0, r.Component) * (size - 1)
		to := r.Pix[r.Offset+y*r.Row+x*size+back:][:len(mask)*size]
		copyRuns(to, from.Pix[from.Offset+fromY*from.Row+x*size+back:], mask, size)
		return
	}
	to, at := r.Offset+y*r.Row+x*r.Pixel, from.Offset+fromY*from.Row+x*from.Pixel
	for _, m := range mask {
		for c := range size {
			r.Pix[to+c*r.Component] = from.Pix[at+c*from.Component] & m
		}
		to, at = to+r.Pixel, at+from.Pixel
	}
}

// copyRuns does the work of CopyWhere where the bytes of pixels of some size adjoin.
// Masks have runs of equal bytes, mostly, which are copied and cleared as a whole.
func copyRuns(to, from, mask []byte, size int) {
	for i := 0; i < len(mask); {
		end := i + 1
		for end < len(mask) && mask[end] == mask[i] {
			end++
		}
		if run := to[i*size : end*size]; mask[i] == 0 {
			clear(run)
		} else {
			copy(run, from[i*size:])
		}
		i = end
	}
}
