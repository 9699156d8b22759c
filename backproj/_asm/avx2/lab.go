package main

import (
	"encoding/binary"
	"fmt"
	"math"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"

	"github.com/backproj/backproj/backproj/_asm/emit"
)

// labConstants adds those of Lab by the functions for a pattern of bytes and for pairs of
// words.
func labConstants(vector func(string, ...byte), words func(string, int, int)) {
	var pieces [7][]byte
	for high := range 16 {
		p := lightPiece(high)
		for i, n := range []int{p.base, p.base >> 8, p.slope, p.slope >> 8, p.bend, p.start} {
			pieces[i] = append(pieces[i], byte(n))
		}
		pieces[6] = append(pieces[6], byte(bent(high)))
	}
	for i, name := range []string{"baseLow", "baseHigh", "slopeLow", "slopeHigh", "bend", "start", "bent"} {
		vector("light "+name, pieces[i]...)
	}
	for i, weights := range emit.LightWeights {
		words(fmt.Sprint("redGreen ", i), weights[0], weights[1])
		words(fmt.Sprint("blue ", i), weights[2], 1<<(emit.LightShift-1))
	}
	float := func(name string, x ...float32) {
		var b []byte
		for _, x := range x {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		vector(name, b...)
	}
	checkRoot()
	for power, c := range rootCoefficients {
		float(fmt.Sprint("root ", power), c)
	}
	float("root scales", rootScales[:]...)
	float("root added", rootAdded)
	float("root slope", rootSlope)
	float("root end of line", rootLine)
	float("one", 1)
	words("fraction", 0xffff, 1<<7-1)
	words("a", emit.AFactor, emit.AFactor)
	words("b", emit.BFactor, emit.BFactor)
	words("L", emit.LightnessFactor, 0)
	const offset = emit.LightnessFactor*emit.RootMiddle - emit.LightnessOffset + 1<<(emit.LabShift-1)
	words("L offset", offset%(1<<16), offset>>16)
}

// A piece has the light of 16 components: that of first + i is
//
//	base + (slope·i + bend·bent(i) + start) >> 6
//
// The curve bends so little within 16 components that a parabola follows it.
type piece struct{ base, slope, bend, start int }

const pieceShift = 6

func bent(i int) int { return i * (15 - i) / 2 }

// lightPiece returns the piece of the components from 16·high on. It tries all slopes and
// bends: of the numbers base<<6 + start, those from least to most then give the light of
// all 16. There are some in each piece.
func lightPiece(high int) piece {
	first := 16 * high
	about := (emit.LightOf(first+15) - emit.LightOf(first)) << pieceShift / 15
	for slope := about - 20; slope <= about+20; slope++ {
		for bend := -128; bend < 128; bend++ {
			least, most := math.MinInt, math.MaxInt
			lowest := math.MaxInt
			for i := range 16 {
				sum, light := slope*i+bend*bent(i), emit.LightOf(first+i)<<pieceShift
				least, most, lowest = max(least, light-sum), min(most, light+1<<pieceShift-1-sum), min(lowest, sum)
			}
			// The sum must not be negative.
			base := (least + lowest) >> pieceShift
			start := least - base<<pieceShift
			if least <= most && slope >= 0 && base >= 0 && start < 128 {
				return piece{base, slope, bend, start}
			}
		}
	}
	panic(fmt.Sprint("no parabola has the light of the components from ", first))
}

// f of X, Y or Z, an integer x, is computed as
//
//	scale(e)·p(m) + added + slope·min(x - 18, 0)
//
// with m·2^e = max(x, 18), where m is from 1 to 2. The first part is the cube root, of
// which f is a multiple from 19 on. Up to 18, f is a line. The polynomial p is exact to
// 2^-22 or so. Each of the scales is a multiple of the cube root of 2^e.
//
// Adding 3·2^22, from where on floats are 1 apart, rounds to an integer, which is in the
// low bits then; see also emit.RootMiddle. The multiplication and the addition are rounded
// once, together.
//
// Single precision is barely enough. The coefficients and the scales are those of the
// polynomial whose greatest error in units of what an x allows is the least, as a linear
// program finds it, but each is some floats beside the nearest one: of many such neighbours
// that were tried these are exact for all x. checkRoot makes sure of it.
var (
	rootCoefficients = [7]float32{
		math.Float32frombits(0xbb500947), math.Float32frombits(0x3d099186), math.Float32frombits(0xbe1d8fcd),
		math.Float32frombits(0x3ece2d46), math.Float32frombits(0xbf2f137e), math.Float32frombits(0x3f75a99e),
		math.Float32frombits(0x3ee3dc4b),
	}

	// rootScales has the scale of each e from 4 to 10, by the low three bits of a float's
	// exponent.
	rootScales = [8]float32{
		3: math.Float32frombits(0x45cb73e9), 4: math.Float32frombits(0x46002a78), 5: math.Float32frombits(0x46217b01),
		6: math.Float32frombits(0x464b73dd), 7: math.Float32frombits(0x46802ac6), 0: math.Float32frombits(0x46a17afd),
		1: math.Float32frombits(0x46cb73dc),
	}
)

const (
	rootLine  = 18
	rootSlope = 125.06
	rootAdded = 3<<22 - emit.RootMiddle
)

// checkRoot panics unless vector instructions compute every f exactly.
func checkRoot() {
	for x := range 2041 {
		n := max(float32(x), rootLine)
		exponent := math.Float32bits(n) >> 23
		m := math.Float32frombits(math.Float32bits(n)&(1<<23-1) | 127<<23)
		sum := rootCoefficients[0]
		for _, c := range rootCoefficients[1:] {
			sum = emit.Fused(sum, m, c)
		}
		sum = emit.Fused(sum, rootScales[exponent%8], rootAdded)
		sum = emit.Fused(float32(x)-n, rootSlope, sum)
		if int(sum) != emit.LabRoot(x)+rootAdded {
			panic(fmt.Sprint("f is not exact at ", x))
		}
	}
}

// lab returns the steps that compute a, b and L. VPMULHRSW computes (500·d + 2^14) >> 15
// of a difference d, which is a less 128, exactly, and so for b. Flipping bit 7 adds 128.
func (k *kernel) lab(b, g, r reg.VecVirtual, c colour) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	blue, more := k.light(b)
	steps = append(steps, more...)
	var components [3]words // X, Y and Z, then a, L and b
	for half, unpack := range interleaved {
		bytes := YMM()
		do(func() { unpack(g, r, bytes) })
		redGreen, more := k.light(bytes)
		steps = append(steps, more...)
		var doubles [3]words
		for quarter, unpack := range []func(...Op){VPUNPCKLWD, VPUNPCKHWD} {
			blueOne := YMM()
			do(func() { unpack(k.at("w1"), blue[half], blueOne) })
			var f [3]reg.VecVirtual
			for i := range f {
				f[i] = YMM()
				doubles[i][quarter] = f[i]
			}
			// Two at a time, for which there are registers: each waits for itself most of
			// the time.
			ofX, ofY := k.root(redGreen[quarter], blueOne, 0, f[0]), k.root(redGreen[quarter], blueOne, 1, f[1])
			for i := range ofX {
				steps = append(steps, ofX[i], ofY[i])
			}
			steps = append(steps, k.root(redGreen[quarter], blueOne, 2, f[2])...)
			do(func() { VPSUBD(f[1], f[0], f[0]) })
			do(func() { VPSUBD(f[2], f[1], f[2]) })
			do(func() { VPMADDWD(k.at("L"), f[1], f[1]) })
			do(func() { VPADDD(k.at("L offset"), f[1], f[1]) })
			do(func() { VPSRLD(Imm(emit.LabShift), f[1], f[1]) })
		}
		for i, pair := range doubles {
			components[i][half] = pair[0]
			do(func() { VPACKSSDW(pair[1], pair[0], pair[0]) })
		}
		do(func() { VPMULHRSW(k.at("a"), components[0][half], components[0][half]) })
		do(func() { VPMULHRSW(k.at("b"), components[2][half], components[2][half]) })
	}
	do(func() { VPACKSSWB(components[0][1], components[0][0], c.first) })
	do(func() { VPACKUSWB(components[1][1], components[1][0], c.third) })
	do(func() { VPACKSSWB(components[2][1], components[2][0], c.second) })
	do(func() { VPXOR(k.at("b128"), c.first, c.first) })
	do(func() { VPXOR(k.at("b128"), c.second, c.second) })
	return steps
}

// light returns the steps that compute the light of bytes, in words: see piece.
func (k *kernel) light(bytes reg.VecVirtual) (light words, steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	lookUp := func(name string, at reg.VecVirtual) reg.VecVirtual {
		x := YMM()
		do(func() { VMOVDQU(k.at("light "+name), x) })
		do(func() { VPSHUFB(at, x, x) })
		return x
	}
	low, high := YMM(), YMM()
	do(func() { VPSRLW(Imm(4), bytes, high) })
	do(func() { VPAND(k.at("b15"), bytes, low) })
	do(func() { VPAND(k.at("b15"), high, high) })
	var sums words
	slopeLow, slopeHigh := lookUp("slopeLow", high), lookUp("slopeHigh", high)
	zero := YMM()
	do(func() { VPXOR(zero, zero, zero) })
	for i, unpack := range interleaved {
		sums[i] = YMM()
		slope := YMM()
		do(func() { unpack(zero, low, sums[i]) })
		do(func() { unpack(slopeHigh, slopeLow, slope) })
		do(func() { VPMULLW(slope, sums[i], sums[i]) })
	}
	bent, bend, start := lookUp("bent", low), lookUp("bend", high), lookUp("start", high)
	for i, unpack := range interleaved {
		x, factors := YMM(), YMM()
		do(func() { unpack(k.at("b1"), bent, x) })
		do(func() { unpack(start, bend, factors) })
		do(func() { VPMADDUBSW(factors, x, x) })
		do(func() { VPADDW(x, sums[i], sums[i]) })
		do(func() { VPSRLW(Imm(pieceShift), sums[i], sums[i]) })
	}
	baseLow, baseHigh := lookUp("baseLow", high), lookUp("baseHigh", high)
	for i, unpack := range interleaved {
		light[i] = YMM()
		do(func() { unpack(baseHigh, baseLow, light[i]) })
		do(func() { VPADDW(sums[i], light[i], light[i]) })
	}
	return light, steps
}

// root returns the steps that compute f of X, Y or Z, plus rootAdded: see
// rootCoefficients.
func (k *kernel) root(redGreen, blueOne reg.VecVirtual, i int, f reg.VecVirtual) (steps []func()) {
	do := func(step func()) { steps = append(steps, step) }
	x, y, m := YMM(), YMM(), YMM()
	do(func() { VPMADDWD(k.at(fmt.Sprint("redGreen ", i)), redGreen, x) })
	do(func() { VPMADDWD(k.at(fmt.Sprint("blue ", i)), blueOne, y) })
	do(func() { VPADDD(y, x, x) })
	do(func() { VPSRLD(Imm(emit.LightShift), x, x) })
	do(func() { VCVTDQ2PS(x, x) })
	do(func() { VMAXPS(k.at("root end of line"), x, y) })
	do(func() { VSUBPS(y, x, x) })
	do(func() { VPAND(k.at("fraction"), y, m) })
	do(func() { VPSRLD(Imm(23), y, y) })
	do(func() { VPOR(k.at("one"), m, m) })
	do(func() { VMOVUPS(k.at("root 0"), f) })
	for power := 1; power < len(rootCoefficients); power++ {
		do(func() { VFMADD213PS(k.at(fmt.Sprint("root ", power)), m, f) })
	}
	do(func() { VPERMPS(k.at("root scales"), y, y) })
	do(func() { VFMADD213PS(k.at("root added"), y, f) })
	do(func() { VFMADD231PS(k.at("root slope"), x, f) })
	return steps
}
