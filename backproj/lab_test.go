package backproj

import "testing"

func TestLabOfSomeColoursIsThatOfOpenCV(t *testing.T) {
	for _, c := range []struct {
		name    string
		b, g, r int
		l, x, y int // as OpenCV 4.6 to 5.0 compute them
	}{
		{"black", 0, 0, 0, 0, 128, 128},
		{"white", 255, 255, 255, 255, 128, 128},
		{"grey", 128, 128, 128, 137, 128, 128},
		{"blue", 255, 0, 0, 82, 207, 20},
		{"green", 0, 255, 0, 224, 42, 211},
		{"red", 0, 0, 255, 136, 208, 195},
		{"f(49), which rounding in 32 bits decides", 38, 71, 7, 66, 100, 143},
		{"f(324), which cutting the cube root off decides", 201, 112, 8, 119, 136, 75},
		{"f(628), which cutting the cube root off decides", 155, 211, 5, 193, 72, 144},
	} {
		if l, x, y := labFormula(c.b, c.g, c.r); l != c.l || x != c.x || y != c.y {
			t.Errorf("%s: %d, %d, %d, not %d, %d, %d", c.name, l, x, y, c.l, c.x, c.y)
		}
	}
}
