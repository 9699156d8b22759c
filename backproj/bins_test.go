package backproj

import "testing"

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
