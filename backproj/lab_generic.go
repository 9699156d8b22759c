package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// labTables replace OpenCV's arithmetic of Lab by nine loads. They are for one order of
// components.
//
// The lights of a pixel's bytes, times their weights, add up to X, Y and Z. Another table
// of each has f, times the factors of a, b and L.
type labTables struct {
	// What the pixel's first, second and third byte add to X<<32 | Y and to Z, in
	// fixed point. The second byte's part contains the halves for rounding.
	xy [3][256]uint64
	z  [3][256]uint32

	// Where ofY is above<<32 | below,
	//
	//	a = (ofX[X] + below) >> 15
	//	b = (above - ofZ[Z]) >> 15 & 255
	//	L = (above - ofZ[Z]) >> 24
	ofX, ofZ [2048]uint32
	ofY      [2048]uint64
}

// Each set of tables is built at its first use, in less than 0.2 ms.
var (
	blueFirstLab = sync.OnceValue(func() *labTables { return newLabTables(false) })
	redFirstLab  = sync.OnceValue(func() *labTables { return newLabTables(true) })
)

func newLabTables(redFirst bool) *labTables {
	t := new(labTables)
	weights := lightWeights()
	for place := range 3 {
		component := 2 - place // of red, green and blue
		if redFirst {
			component = place
		}
		half := uint32(0)
		if place == 1 {
			half = 1 << (lightShift - 1)
		}
		for b := range 256 {
			light := lightOf(b)
			x, y, z := weights[0][component]*light+half, weights[1][component]*light+half, weights[2][component]*light+half
			t.xy[place][b], t.z[place][b] = uint64(x)<<32|uint64(y), z
		}
	}
	for light := range mostLight + 1 {
		f := labRoot(light)
		lightness := (lightnessFactor*f - lightnessOffset + labHalf) >> labShift
		above := lightness<<24 | (bFactor*f + labCentre + labHalf)
		below := uint32(labCentre + labHalf - aFactor*f) // wraps, and so does the sum
		t.ofX[light], t.ofZ[light] = uint32(aFactor*f), uint32(bFactor*f)
		t.ofY[light] = uint64(above)<<32 | uint64(below)
	}
	return t
}

// labTablesFor returns the tables for pixels of that format: see tablesFor.
func labTablesFor(format raster.Format) *labTables {
	if format.RedFirst {
		return redFirstLab()
	}
	return blueFirstLab()
}

// lights returns X<<32 | Y and Z of the pixel p, in fixed point.
func (t *labTables) lights(p0, p1, p2 byte) (xy uint64, z uint32) {
	return t.xy[0][p0] + t.xy[1][p1] + t.xy[2][p2], t.z[0][p0] + t.z[1][p1] + t.z[2][p2]
}

// lab returns L<<24 | index.
func (t *labTables) lab(xy uint64, z uint32) uint32 {
	y := t.ofY[xy>>lightShift&2047]
	a := t.ofX[xy>>(32+lightShift)&2047] + uint32(y)
	b := uint32(y>>32) - t.ofZ[z>>lightShift&2047]
	return b&^0xffffff | a>>(labShift-8)&0xff00 | b>>labShift&0xff
}

func convertAB(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	t := labTablesFor(format)
	_ = *t
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		c := t.lab(t.lights(p[0], p[1], p[2]))
		dst[i] = uint16(c)
		if thirds != nil {
			thirds[i] = uint8(c >> 24)
		}
	}
}
