package backproj

import "testing"

func TestAThresholdIsReachedByJustTheSaturationsThatReachIt(t *testing.T) {
	for saturation := 1; saturation < 256; saturation++ {
		threshold := thresholdOf(saturation)
		for v := range 256 {
			least := v * int(threshold.factor[0]) >> 16
			least += int(threshold.bits[v>>7][v>>3&15] >> (v & 7) & 1)
			for d := range v + 1 {
				if got, want := d >= least, int(saturationOf(d, v)) >= saturation; got != want {
					t.Fatalf("saturation %d, chroma %d of %d: reached %t, want %t", saturation, d, v, got, want)
				}
			}
		}
	}
}
