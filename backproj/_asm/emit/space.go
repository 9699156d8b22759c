package emit

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// A Space is one as in package backproj.
type Space uint64

const (
	HueSaturation Space = iota
	HueValue
	SaturationValue
	CrCb
	BlueGreen
	Grey
	GreyPlane
	AB
)

// Conversions are pieces of code, by the space that they are for.
type Conversions map[Space]func()

var switches int // for labels that differ

// Convert emits code that runs the conversion to the parameter space, which must be one
// of those given. Where there are others without a conversion, rest is for all of them.
//
// A function for several spaces that branches in each batch, always the same way, is as
// fast as one for each space. Most of the code is that which they share.
func Convert(spaces []Space, conversions Conversions, rest func()) {
	switches++
	done, next := fmt.Sprint("converted", switches), ""
	begin := func() {
		if next != "" {
			JMP(LabelRef(done))
			Label(next)
		}
	}
	var own []Space
	for _, s := range spaces {
		if conversions[s] != nil {
			own = append(own, s)
		}
	}
	others := rest != nil && len(own) < len(spaces)
	for i, s := range own {
		begin()
		if others || i+1 < len(own) {
			next = fmt.Sprintf("space%d_%d", switches, i+1)
			CMPB(address(Param("space")), Imm(uint64(s)))
			JNE(LabelRef(next))
		}
		conversions[s]()
	}
	if others {
		begin()
		rest()
	}
	if next != "" {
		Label(done)
	}
}

// IfFourBytes emits code that runs one of two, by whether the parameter size is 4.
func IfFourBytes(four, three func()) {
	switches++
	other, done := fmt.Sprint("three", switches), fmt.Sprint("split", switches)
	CMPQ(address(Param("size")), Imm(4))
	JNE(LabelRef(other))
	four()
	JMP(LabelRef(done))
	Label(other)
	three()
	Label(done)
}

// The factors of the components in grey and in Y. Each is a multiple of 128, the high
// part, and a rest, the low part.
//
// The basic idea: sums of bytes times the parts fit 16 bits, as VPMADDUBSW computes
// them two products at a time. With H the sum by the high parts and L that by the low
// ones, OpenCV's grey is
//
//	(128·H + L + 2^14) >> 15 = (H + (L >> 7) + 128) >> 8
//
// and Y is, with H and L by its own parts,
//
//	(128·H + L + 2^13) >> 14 = (H + (L >> 7) + 64) >> 7
//
// Both are exact: what L lacks of a multiple of 128 can carry nothing.
//
// For grey, the high parts add up to 255 and the low ones to 128. So L is at most
// 32,640 and H + (L >> 7) + 128 at most 65,408, which is less than 2^16. VPMADDUBSW
// gives signed words, therefore green's 150 is 52 beside red and 98 beside blue: the
// two sums that make H are at most 128·255 and 127·255.
//
// For Y, the high parts add up to 127 and the low ones to 128, so that all sums are
// below 2^15. There the shift that rounds is one instruction: VPMULHRSW computes
// (x·f + 2^14) >> 15, which is (x + 64) >> 7 for f = 2^8.
//
// Cr and Cb are (x·factor + 2^13) >> 14 + 128 of a difference x of bytes, limited to a
// byte. The first part is VPMULHRSW with twice the factor, which is less than 2^15.
// Packing limits it to -128 to 127, and flipping bit 7 adds 128.
const (
	GreyRedHigh, GreyRedLow     = 9798 / 128, 9798 % 128
	GreyGreenHigh, GreyGreenLow = 19235 / 128, 19235 % 128
	GreyBlueHigh, GreyBlueLow   = 3735 / 128, 3735 % 128
	GreyGreenBesideRed          = 52
	GreyGreenBesideBlue         = GreyGreenHigh - GreyGreenBesideRed
	LumaRedHigh, LumaRedLow     = 4899 / 128, 4899 % 128
	LumaGreenHigh, LumaGreenLow = 9617 / 128, 9617 % 128
	LumaBlueHigh, LumaBlueLow   = 1868 / 128, 1868 % 128
	CrFactor, CbFactor          = 11682, 9241
)

// The factors of grey and of 4Y again, as products. VPMADDUBSW and then VPMADDWD add up,
// of the four bytes blue, green, red and green,
//
//	 415·(9·blue +   7·green) + 3266·(3·red +  5·green) =    3735·blue + 19235·green + 9798·red
//	1868·(4·blue + 122·green) + 6532·(3·red - 29·green) = 4·(1868·blue +  9617·green + 4899·red)
//
// The sums in brackets fit signed words.
const (
	GreyBlue, GreyGreenWithBlue = 9, 7
	GreyRed, GreyGreenWithRed   = 3, 5
	GreyBluePair, GreyRedPair   = 415, 3266
	LumaBlue, LumaGreenWithBlue = 4, 122
	LumaRed, LumaGreenWithRed   = 3, -29
	LumaBluePair, LumaRedPair   = 1868, 6532
)
