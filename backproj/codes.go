package backproj

import (
	"math/bits"
	"sync"
	"unsafe"
)

// A coding is a way to number the bins of a layout by bytes, codes, that
// depend on one channel each. Vector instructions look those up by the dozen,
// where a table of all hues and saturations takes a load for each pixel.
type coding int

const (
	noCoding coding = iota

	// hueCoding layouts are of the hue alone: a hue's code is what it projects
	// to. Bounds of the others are compared.
	hueCoding

	// hueSaturationCoding layouts are of hue and saturation, and of so few bins that
	// these fit the registers. See codebook for how the codes go together.
	hueSaturationCoding

	// hsvCoding layouts are of three channels. The hue's code is the high byte
	// of an index into a Table, the codes of saturation and value together are
	// the low one.
	hsvCoding

	codings // how many there are
)

// newThreshold returns the threshold of a saturation, 1 to 255.
func newThreshold(saturation int) (t threshold) {
	// In real numbers, 255·d/v rounds to at least the saturation from
	// saturation - 1/2 on. OpenCV's reciprocals may have a tie, or what is all
	// but one, round either way. 64/2^16·v, up to 1/4, is more than they are off,
	// and makes all of these need one more or not.
	factor := (2*saturation-1)<<16/(2*255) + 64
	for i := range t.factor {
		t.factor[i] = uint16(factor)
	}
	for v := range 256 {
		if d := v * factor >> 16; int(saturationOf(d, v)) < saturation {
			half := &t.bits[v>>7]
			half[v>>3&15] |= 1 << (v & 7)
			half[16+(v>>3&15)] |= 1 << (v & 7)
		}
	}
	return t
}

// An alignedCodebook has room for a codebook at a multiple of 64.
type alignedCodebook [unsafe.Sizeof(codebook{}) + 63]byte

var codebooks = sync.Pool{New: func() any { return new(alignedCodebook) }}

func (a *alignedCodebook) codebook() *codebook {
	at := -uintptr(unsafe.Pointer(a)) & 63
	return (*codebook)(unsafe.Pointer(&a[at]))
}

// encode sets the plan's coding, if there is one for the layout, and what of
// its codebook does not depend on a histogram.
func (p *plan) setCoding(channels Channels, bounds Bounds) {
	book := &p.codes
	fill := func(vector *[64]uint8, value uint8) {
		for i := range vector {
			vector[i] = value
		}
	}
	fill(&book.saturationLo, bounds.Lo[1])
	fill(&book.saturationSpan, bounds.Hi[1]-bounds.Lo[1])
	fill(&book.valueLo, p.gate.lo)
	fill(&book.valueSpan, p.gate.hi-p.gate.lo)
	if channels == Hue {
		p.coding = hueCoding
		if bounds.Lo[1] > 0 {
			book.saturationFrom = newThreshold(int(bounds.Lo[1]))
		}
		if bounds.Hi[1] < 255 {
			book.saturationBeyond = newThreshold(int(bounds.Hi[1]) + 1)
		}
		return
	}
	hues, hueBits := classes(&p.hue, p.bins[0], p.strides[0])
	saturations, saturationBits := classes(&p.saturation, p.bins[1], p.strides[1])
	values, valueBits := classes(&p.value, p.bins[2], p.strides[2])
	switch {
	case channels == HueSaturation && saturationBits <= 7 && hueBits <= 8 && hueBits+saturationBits <= 10:
		// At least two, so that bits 0 and 1 of the hue's code are free.
		p.coding, p.shift = hueSaturationCoding, max(2, saturationBits)
		book.saturation = saturations
		for hue, class := range hues {
			bin := int(class) << p.shift
			book.hue[hue] = uint8(bin | bin>>8)
		}
		fill(&book.binMask, 0x7f&^(1<<p.shift-1))

	case channels == HueSaturationValue && hueBits <= 8 && saturationBits+valueBits <= 8:
		p.coding, p.shift = hsvCoding, valueBits
		book.hue, book.value = hues, values
		for saturation, class := range saturations {
			book.saturation[saturation] = class << valueBits
		}
	}
}

// classes numbers a channel's bins, and, if any of its numbers is in none of
// them, one more class for those. It returns the class of each number, and how
// many bits a class needs.
func classes(offsets *[256]int32, bins, stride int) (class [256]uint8, width int) {
	last := bins - 1
	for i, offset := range offsets {
		class[i] = uint8(int(offset) / stride)
		if offset < 0 {
			last = bins
			class[i] = uint8(bins) // 256 does not fit, but is of nine bits
		}
	}
	return class, bits.Len(uint(last))
}

// fill makes the codebook that of a histogram whose bins project to those
// values. Classes without bins project to 0.
func (p *plan) fillCodebook(book *codebook, cells []uint8) {
	*book = p.codes
	switch p.coding {
	case hueCoding:
		for hue, offset := range p.hue {
			if offset >= 0 {
				book.hue[hue] = cells[offset]
			}
		}
	case hueSaturationCoding:
		for row := range p.bins[0] {
			copy(book.bins[row<<p.shift:], cells[row*p.bins[1]:][:p.bins[1]])
		}
	}
}
