package backproj

// kernels are the kernels that this machine can run, the fastest first. Every arm64 CPU
// has NEON.
var kernels = []*kernel{&neonKernel, &genericKernel}

// The assembly processes pixels in turns of this size. It needs more than one turn: the
// last one is moved back to end at the row's end, and if pixels have four bytes it begins
// one byte earlier, since the last pixel may lack its fourth.
const neonTurn = 16

// neonBatch is what it is asked for, a multiple of a turn.
const neonBatch = 2 * neonTurn

var neonSpaces = spacesAssembly{
	batch:   neonBatch,
	convert: convertNEON,
	count:   countNEON,
	project: projectNEON,
	first:   projectFirstNEON,
	second:  projectSecondNEON,
	plane:   projectPlaneNEON,
}

var neonKernel = kernel{
	name: "neon",
	spaces: withGeneric([spaces]conversion{
		hueSaturation:   neonSpaces.conversion(hueSaturation, [codings]bool{firstCoding: true}),
		hueValue:        neonSpaces.conversion(hueValue, [codings]bool{}),
		saturationValue: neonSpaces.conversion(saturationValue, [codings]bool{}),
		crCb:            neonSpaces.conversion(crCb, [codings]bool{}),
		blueGreen:       neonSpaces.conversion(blueGreen, [codings]bool{}),
		grey:            neonSpaces.conversion(grey, [codings]bool{secondCoding: true}),
		greyPlane:       neonSpaces.planes(),
	}),
	grow:     checkedGrow(growNEON),
	addUp:    checkedAddUp(addUpNEON),
	binarize: binarizeNEONRows,
	cut:      cutNEON,
	grain:    250_000, // at 1 ns a pixel
}

func convertNEON(dst *uint16, thirds, src *uint8, n, size int, redFirst bool, s uint8) {
	switch space(s) {
	case hueSaturation:
		convertHueSaturationNEON(dst, thirds, src, n, size, redFirst)
	case hueValue:
		convertHueValueNEON(dst, thirds, src, n, size, redFirst)
	case saturationValue:
		convertSaturationValueNEON(dst, thirds, src, n, size, redFirst)
	case crCb:
		convertCrCbNEON(dst, thirds, src, n, size, redFirst)
	case blueGreen:
		convertBlueGreenNEON(dst, thirds, src, n, size, redFirst)
	case grey:
		convertGreyNEON(dst, thirds, src, n, size, redFirst)
	}
}

func countNEON(counts *uint32, src *uint8, n, size int, redFirst bool, s uint8) {
	switch space(s) {
	case hueSaturation:
		countHueSaturationNEON(counts, src, n, size, redFirst)
	case hueValue:
		countHueValueNEON(counts, src, n, size, redFirst)
	case saturationValue:
		countSaturationValueNEON(counts, src, n, size, redFirst)
	case crCb:
		countCrCbNEON(counts, src, n, size, redFirst)
	case blueGreen:
		countBlueGreenNEON(counts, src, n, size, redFirst)
	case grey:
		countGreyNEON(counts, src, n, size, redFirst)
	}
}

func projectNEON(dst, src *uint8, n, size int, redFirst bool, s uint8, table *uint8, lo, span uint8, rejected uint16) {
	switch space(s) {
	case hueSaturation:
		projectHueSaturationNEON(dst, src, n, size, redFirst, table, lo, span, rejected)
	case hueValue:
		projectHueValueNEON(dst, src, n, size, redFirst, table, lo, span, rejected)
	case saturationValue:
		projectSaturationValueNEON(dst, src, n, size, redFirst, table, lo, span, rejected)
	case crCb:
		projectCrCbNEON(dst, src, n, size, redFirst, table, lo, span, rejected)
	case grey:
		projectGreyNEON(dst, src, n, size, redFirst, table, lo, span, rejected)
	}
}

// Codings are each supported in one space.

func projectFirstNEON(dst, src *uint8, n, size int, redFirst bool, _ uint8, book *codebook) {
	projectHueNEON(dst, src, n, size, redFirst, book)
}

func projectSecondNEON(dst, src *uint8, n, size int, redFirst bool, _ uint8, book *codebook) {
	projectGreyCodesNEON(dst, src, n, size, redFirst, book)
}

// binarizeNEONRows leaves what is not a whole batch to the generic kernel.
func binarizeNEONRows(numbers []uint8, level uint8) {
	whole := len(numbers) &^ (neonBatch - 1)
	if whole > 0 {
		binarizeNEON(&numbers[0], whole, level)
	}
	binarizeGeneric(numbers[whole:], level)
}

// cutNEON leaves short rows to the generic kernel.
func cutNEON(dst, src, numbers []uint8, size int, level uint8) {
	n := len(numbers)
	if n < neonTurn {
		cutGeneric(dst, src, numbers, size, level)
		return
	}
	_, _ = dst[:n*size], src[:n*size]
	if size == 3 {
		cut3NEON(&dst[0], &src[0], &numbers[0], n, level)
	} else {
		cut4NEON(&dst[0], &src[0], &numbers[0], n, level)
	}
}
