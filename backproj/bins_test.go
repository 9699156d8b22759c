package backproj

import (
	"bytes"
	"math"
	"testing"
)

var (
	hueAxis        = axis{bins: 32, lo: 0, hi: 180}
	saturationAxis = axis{bins: 32, lo: 0, hi: 256}
)

func TestBinsHaveEqualWidthAndIncludeTheirLowerBound(t *testing.T) {
	for _, test := range []struct {
		axis  axis
		value int
		want  int
	}{
		{hueAxis, 0, 0}, {hueAxis, 5, 0}, {hueAxis, 6, 1}, {hueAxis, 11, 1}, {hueAxis, 12, 2}, {hueAxis, 179, 31},
		{saturationAxis, 7, 0}, {saturationAxis, 8, 1}, {saturationAxis, 255, 31},
		{hueAxis, 180, -1}, {hueAxis, 255, -1},
		{axis{4, 20, 60}, 19, -1}, {axis{4, 20, 60}, 20, 0}, {axis{4, 20, 60}, 59, 3}, {axis{4, 20, 60}, 60, -1},
		// Values on the bound between two bins: with one rounding less they fall into the lower bin.
		{axis{4, 176, 220}, 187, 1}, {axis{4, 176, 220}, 209, 3}, {axis{8, 70, 204}, 137, 4}, {axis{15, -10, 300}, 114, 6},
		{axis{3, 0.5, 10.25}, 0, -1}, {axis{3, 0.5, 10.25}, 1, 0}, {axis{3, 0.5, 10.25}, 10, 2},
	} {
		if got := test.axis.bin(test.value); got != test.want {
			t.Errorf("%+v: %d falls into bin %d, want %d", test.axis, test.value, got, test.want)
		}
	}
}

func TestTabulateFillsInEveryHueAndSaturationAndThenEveryBin(t *testing.T) {
	values := make([]float32, Bins)
	for i := range values {
		values[i] = float32(i) / 4
	}
	table := bytes.Repeat([]byte{0xee}, len(Table{})+Bins) // as another histogram left it
	h := Histogram{Values: values, Table: table}
	if err := h.Tabulate(1); err != nil {
		t.Fatal(err)
	}
	for i, got := range table[:len(Table{})] {
		hue, saturation := i>>8, i&255
		if !validHueByte(hue) {
			continue
		}
		if want := saturated(values[hueOf(hue)*32/180*32+saturation/8], 1); got != want {
			t.Fatalf("hue %d, saturation %d: %d, want %d", hue, saturation, got, want)
		}
	}
	if table[rejected] != 0 {
		t.Errorf("rejected pixels give %d", table[rejected])
	}
	for bin, got := range table[len(Table{}):] {
		if want := saturated(values[bin], 1); got != want {
			t.Fatalf("bin %d: %d, want %d", bin, got, want)
		}
	}
}

func TestSaturateRoundsHalfToEvenAndClamps(t *testing.T) {
	for value, want := range map[float32]uint8{
		0: 0, 0.5: 0, 0.75: 1, 1.5: 2, 2.5: 2, 254.5: 254, 254.75: 255, 255.5: 255, 256: 255, 1e9: 255,
		-0.5: 0, -3: 0, float32(math.Inf(1)): 0, float32(math.Inf(-1)): 0, float32(math.NaN()): 0,
	} {
		if got := saturated(value, 1); got != want {
			t.Errorf("saturate(%v) = %d, want %d", value, got, want)
		}
	}
	// The product is above 28.5 in single precision, but below in double.
	if got := saturated(95, 0.3); got != 29 {
		t.Errorf("saturate(95, 0.3) = %d, want 29", got)
	}
}

func saturated(value, scale float32) uint8 {
	var got [1]uint8
	saturate(got[:], []float32{value}, scale)
	return got[0]
}
