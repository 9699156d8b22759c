package backproj

import "math"

// An axis is one dimension of a histogram: bins of equal width over the
// values from lo up to, but not including, hi.
type axis struct {
	bins   int
	lo, hi float32
}

// The default axes: 32 bins each over all hues and all saturations.
var (
	hueAxis        = axis{bins: 32, lo: 0, hi: hues}
	saturationAxis = axis{bins: 32, lo: 0, hi: 256}
)

// bin returns the bin of value j, or -1 for a value outside the axis.
//
//	bin = floor(j·a + b), a = bins/(hi-lo), b = -a·lo, in double precision,
//	limited to 0 to bins-1.
//
// Source: OpenCV, modules/imgproc/src/histogram.cpp, calcHistLookupTables_8u.
func (x axis) bin(j int) int {
	lo, hi := float64(x.lo), float64(x.hi)
	if float64(j) < lo || float64(j) >= hi {
		return -1
	}
	a := float64(x.bins) / (hi - lo)
	b := -a * lo
	// The conversion forbids the compiler to fuse the two operations, which
	// it does on arm64 and which would round differently.
	i := int(math.Floor(float64(float64(j)*a) + b))
	return min(max(i, 0), x.bins-1)
}

// table returns the bin of each of the 256 values.
func (x axis) table() (bins [256]int32) {
	for j := range bins {
		bins[j] = int32(x.bin(j))
	}
	return bins
}

// fill makes the table of a histogram whose values are given, hue-major.
func (t *Table) fill(values []float32) {
	hueBins, saturationBins := hueAxis.table(), saturationAxis.table()
	firstHue := make([]int, hueAxis.bins) // the first hue of each bin, plus 1
	for hue := range hues {
		row := (*[256]uint8)(t[hue<<8:])
		bin := hueBins[hue]
		if bin < 0 {
			clear(row[:])
			continue
		}
		// All hues of a bin share one row: it is computed once and copied.
		if first := firstHue[bin]; first > 0 {
			copy(row[:], t[(first-1)<<8:])
			continue
		}
		firstHue[bin] = hue + 1
		var cells [256]uint8
		for i, value := range values[int(bin)*saturationAxis.bins:][:saturationAxis.bins] {
			cells[i] = saturate(value)
		}
		for saturation, s := range saturationBins {
			row[saturation] = 0
			if s >= 0 {
				row[saturation] = cells[uint8(s)]
			}
		}
	}
	clear(t[hues<<8:])
}

// saturate rounds half to even and limits to 0 to 255; what is not a number,
// infinite ones included, becomes 0, as in OpenCV's saturate_cast<uchar>.
func saturate(value float32) uint8 {
	switch {
	case value >= 255 && !math.IsInf(float64(value), 1):
		return 255
	case value > 0 && value < 255:
		return uint8(math.RoundToEven(float64(value)))
	}
	return 0
}
