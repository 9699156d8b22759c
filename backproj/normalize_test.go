package backproj

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"
)

func TestFma32RoundsOnce(t *testing.T) {
	exact := func(x, y, z float32) float32 {
		const enough = 600 // bits: no rounding before the last
		p := new(big.Float).SetPrec(enough).Mul(big.NewFloat(float64(x)), big.NewFloat(float64(y)))
		f, _ := p.Add(p, big.NewFloat(float64(z))).Float32()
		return f
	}
	random := rand.New(rand.NewPCG(8, 9))
	check := func(x, y, z float32) {
		if got, want := fma32(x, y, z), exact(x, y, z); got != want {
			t.Fatalf("fma32(%x, %x, %x) = %x, want %x", x, y, z, got, want)
		}
	}
	for range 1_000_000 {
		// As in a normalisation: a whole count, a scale, and a shift that may be small or cancel.
		count, scale := float32(random.IntN(1<<24)), random.Float32()
		check(count, scale, -random.Float32()*256)
		check(count, scale, -count*scale)
	}
	// 1 + 2^-24 + 2^-60 rounds up once, but to even, down, if first to float64.
	check(1, 1, 0x1p-24)
	check(1+0x1p-12, 1+0x1p-12, 0x1p-60)
	check(0x1p-30, 0x1p-30, 1+0x1p-23)
}

func TestNormalizeSpansZeroToPeak(t *testing.T) {
	for _, test := range []struct {
		name   string
		counts []int64
		want   []float32
	}{
		{"an empty bin", []int64{0, 1, 2, 4}, []float32{0, 64, 128, 256}},
		{"no empty bin", []int64{1, 2, 3, 5}, []float32{0, 64, 128, 256}},
		{"all alike", []int64{7, 7, 7, 7}, []float32{0, 0, 0, 0}},
		{"nothing counted", []int64{0, 0, 0, 0}, []float32{0, 0, 0, 0}},
		{"more than an int32 counts", []int64{0, 0, 1 << 39, 1 << 40}, []float32{0, 0, 128, 256}},
	} {
		got := make([]float32, len(test.counts))
		normalize(got, test.counts, 256)
		for i := range got {
			if math.Float32bits(got[i]) != math.Float32bits(test.want[i]) {
				t.Errorf("%s: %v, want %v", test.name, got, test.want)
				break
			}
		}
	}
}
