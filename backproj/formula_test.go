package backproj

import (
	"bytes"
	"math"
	"math/big"
	"slices"
	"testing"
)

// The whole pipeline in plain steps, over packed images. Like hsvFormula it
// shares no code with the package.

// formulaBin returns the bin of a pixel of a packed image.
func formulaBin(m Image, i int) int {
	p := m.Pix[i*m.Order.Channels():]
	b, g, r := int(p[0]), int(p[1]), int(p[2])
	if m.Order == RGB || m.Order == RGBA {
		b, r = r, b
	}
	hue, saturation := hsvFormula(b, g, r)
	// Whole numbers: over these two axes they agree with OpenCV's floating
	// point.
	return hue*32/180*32 + saturation*32/256
}

// formulaCounts counts the pixels of a packed model, those where the mask is
// not 0 if it has a Pix.
func formulaCounts(model Image, mask Plane) []int64 {
	counts := make([]int64, defaultCells)
	for i := range model.Width * model.Height {
		if mask.Pix == nil || mask.Pix[i] != 0 {
			counts[formulaBin(model, i)]++
		}
	}
	return counts
}

// formulaValues returns counts scaled so that the least is 0 and the greatest
// 256. The last line is computed exactly and rounded once.
func formulaValues(counts []int64) []float32 {
	values := make([]float32, len(counts))
	least, greatest := slices.Min(counts), slices.Max(counts)
	if least == greatest {
		return values
	}
	scale := float32(256 * (1 / float64(greatest-least)))
	shift := -float32(float64(least) * float64(scale))
	for i, n := range counts {
		exact := new(big.Float).SetPrec(500).SetInt64(n)
		exact.Mul(exact, new(big.Float).SetFloat64(float64(scale)))
		exact.Add(exact, new(big.Float).SetFloat64(float64(shift)))
		values[i], _ = exact.Float32()
	}
	return values
}

// formulaProjection back-projects a packed image.
func formulaProjection(values []float32, m Image) []byte {
	prob := make([]byte, m.Width*m.Height)
	for i := range prob {
		value := math.RoundToEven(float64(values[formulaBin(m, i)]))
		prob[i] = byte(max(0, min(value, 255)))
	}
	return prob
}

// expectFormula fails unless h is the formula's histogram of the model, and its
// back projection onto the frame the formula's. All are packed.
func expectFormula(t *testing.T, h *Histogram, model Image, mask Plane, frame Image) {
	t.Helper()
	counts := formulaCounts(model, mask)
	if !slices.Equal(h.Counts, counts) {
		t.Fatalf("counts %v, want %v", h.Counts, counts)
	}
	if values := formulaValues(counts); !slices.Equal(h.Values, values) {
		t.Fatalf("values %v, want %v", h.Values, values)
	}
	dst := make([]byte, frame.Width*frame.Height)
	if err := h.BackProject(Plane{Pix: dst, Width: frame.Width, Height: frame.Height}, frame); err != nil {
		t.Fatal(err)
	}
	if want := formulaProjection(h.Values, frame); !bytes.Equal(dst, want) {
		t.Fatalf("%s projects to %v, want %v", h.Run.Kernel, dst, want)
	}
}

// defaultCells is the number of bins of a histogram whose layout is the zero value.
const defaultCells = 32 * 32
