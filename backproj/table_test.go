package backproj

import (
	"bytes"
	"math"
	"testing"
)

func TestTabulateFillsInEveryHueAndSaturationAndThenEveryBin(t *testing.T) {
	values := make([]float32, defaultCells)
	for i := range values {
		values[i] = float32(i) / 4
	}
	table := bytes.Repeat([]byte{0xee}, len(lookupTable{})+defaultCells) // as another histogram left it
	h := Histogram{Values: values, Table: table}
	if err := h.Tabulate(1); err != nil {
		t.Fatal(err)
	}
	for i, got := range table[:len(lookupTable{})] {
		hue, saturation := i>>8, i&255
		if !validHueByte(hue) {
			continue
		}
		if want := saturated(values[hueOf(hue)*32/180*32+saturation/8], 1); got != want {
			t.Fatalf("hue %d, saturation %d: %d, want %d", hue, saturation, got, want)
		}
	}
	if table[rejectedHue] != 0 {
		t.Errorf("rejected pixels give %d", table[rejectedHue])
	}
	for bin, got := range table[len(lookupTable{}):] {
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
