package raster

import "encoding/binary"

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
	size := r.Components
	if r.Pixel == size && from.Pixel == size && r.Component == from.Component && (r.Component == 1 || r.Component == -1) {
		// The bytes of a pixel lie in the same order. With -1 the last one comes first.
		back := min(0, r.Component) * (size - 1)
		to := r.Pix[r.Offset+y*r.Row+x*size+back:][:len(mask)*size]
		copyWhere(to, from.Pix[from.Offset+fromY*from.Row+x*size+back:], mask, size)
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

// copyWhere does the work of CopyWhere where the bytes of pixels of some size adjoin,
// for 8 pixels at a time. It has no branches, since no CPU could predict them.
func copyWhere(to, from, mask []byte, size int) {
	words := len(mask) / 8
	if size == 3 {
		for i := range words {
			t, f, there := (*[24]byte)(to[24*i:]), (*[24]byte)(from[24*i:]), &spread3[gathered(mask[8*i:])]
			copyWord(t[:8], f[:8], there[0])
			copyWord(t[8:16], f[8:16], there[1])
			copyWord(t[16:], f[16:], there[2])
		}
	} else {
		for i := range words {
			t, f, there := (*[32]byte)(to[32*i:]), (*[32]byte)(from[32*i:]), &spread4[gathered(mask[8*i:])]
			copyWord(t[:8], f[:8], there[0])
			copyWord(t[8:16], f[8:16], there[1])
			copyWord(t[16:24], f[16:24], there[2])
			copyWord(t[24:], f[24:], there[3])
		}
	}
	for i := 8 * words; i < len(mask); i++ {
		for c := range size {
			to[i*size+c] = from[i*size+c] & mask[i]
		}
	}
}

func copyWord(to, from []byte, there uint64) {
	binary.LittleEndian.PutUint64(to, binary.LittleEndian.Uint64(from)&there)
}

// gathered returns the lowest bits of 8 bytes of a mask, that of the first one lowest.
func gathered(mask []byte) uint8 {
	return uint8(binary.LittleEndian.Uint64(mask) & 0x0101010101010101 * 0x0102040810204080 >> 56)
}

// spread3 and spread4 have the masks of the bytes of 8 pixels, of 3 and of 4 bytes,
// for the numbers whose bit i says that pixel i is there.
var (
	spread3 = spreadTo(3)
	spread4 = spreadTo(4)
)

func spreadTo(size int) (masks [256][4]uint64) {
	for there := range masks {
		var bytes [32]byte
		for i := range 8 * size {
			bytes[i] = -byte(there >> (i / size) & 1)
		}
		for i := range size {
			masks[there][i] = binary.LittleEndian.Uint64(bytes[8*i:])
		}
	}
	return masks
}
