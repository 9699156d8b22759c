package backproj

import (
	"sync"

	"github.com/backproj/backproj/backproj/internal/raster"
)

// labTables replace OpenCV's arithmetic of X, Y and Z by loads, six of them for a pixel.
// They are for one order of components.
type labTables struct {
	// What the pixel's first, second and third byte add to X<<32 | Y and to Z, in
	// fixed point: their light, times its weights. The second byte's part contains the
	// halves for rounding. All is shifted up so that the sums have X, Y and Z, which
	// have lightBits, in their upper bits.
	xy [3][256]uint64
	z  [3][256]uint32

	// f is that of X, Y or Z: see labRoot.
	f [1 << lightBits]uint16
}

const (
	lightBits = 11
	lightUp   = 32 - lightBits - lightShift
)

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
			var parts [3]uint32
			for i := range parts {
				parts[i] = (weights[i][component]*lightOf(b) + half) << lightUp
			}
			t.xy[place][b], t.z[place][b] = uint64(parts[0])<<32|uint64(parts[1]), parts[2]
		}
	}
	for light := range mostLight + 1 {
		t.f[light] = uint16(labRoot(light))
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

// roots returns f(X), f(Y) and f(Z) of the pixel p.
func (t *labTables) roots(p0, p1, p2 byte) (x, y, z uint32) {
	xy := t.xy[0][p0] + t.xy[1][p1] + t.xy[2][p2]
	sum := t.z[0][p0] + t.z[1][p1] + t.z[2][p2]
	return uint32(t.f[xy>>(64-lightBits)]), uint32(t.f[uint32(xy)>>(32-lightBits)]), uint32(t.f[sum>>(32-lightBits)])
}

// abOf returns a<<8 | b.
func abOf(x, y, z uint32) uint16 {
	a := (aFactor*(x-y) + labCentre + labHalf) >> labShift
	b := (bFactor*(y-z) + labCentre + labHalf) >> labShift
	return uint16(a<<8 | b)
}

// lightnessOf returns L.
func lightnessOf(y uint32) uint8 {
	return uint8((lightnessFactor*y - lightnessOffset + labHalf) >> labShift)
}

func convertAB(dst []uint16, thirds []uint8, src []byte, format raster.Format) {
	t := labTablesFor(format)
	if thirds != nil {
		convertLab(t, dst, thirds, src, format)
		return
	}
	_ = *t
	if format.Size == 3 {
		for len(dst) >= 4 && len(src) >= 12 {
			d, p := (*[4]uint16)(dst), (*[12]byte)(src)
			d[0] = abOf(t.roots(p[0], p[1], p[2]))
			d[1] = abOf(t.roots(p[3], p[4], p[5]))
			d[2] = abOf(t.roots(p[6], p[7], p[8]))
			d[3] = abOf(t.roots(p[9], p[10], p[11]))
			dst, src = dst[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(src) >= 16 {
			d, p := (*[4]uint16)(dst), (*[16]byte)(src)
			d[0] = abOf(t.roots(p[0], p[1], p[2]))
			d[1] = abOf(t.roots(p[4], p[5], p[6]))
			d[2] = abOf(t.roots(p[8], p[9], p[10]))
			d[3] = abOf(t.roots(p[12], p[13], p[14]))
			dst, src = dst[4:], src[16:]
		}
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		dst[i] = abOf(t.roots(p[0], p[1], p[2]))
	}
}

func convertLab(t *labTables, dst []uint16, ls []uint8, src []byte, format raster.Format) {
	_ = *t
	if format.Size == 3 {
		for len(dst) >= 4 && len(ls) >= 4 && len(src) >= 12 {
			d, l, p := (*[4]uint16)(dst), (*[4]uint8)(ls), (*[12]byte)(src)
			x0, y0, z0 := t.roots(p[0], p[1], p[2])
			d[0], l[0] = abOf(x0, y0, z0), lightnessOf(y0)
			x1, y1, z1 := t.roots(p[3], p[4], p[5])
			d[1], l[1] = abOf(x1, y1, z1), lightnessOf(y1)
			x2, y2, z2 := t.roots(p[6], p[7], p[8])
			d[2], l[2] = abOf(x2, y2, z2), lightnessOf(y2)
			x3, y3, z3 := t.roots(p[9], p[10], p[11])
			d[3], l[3] = abOf(x3, y3, z3), lightnessOf(y3)
			dst, ls, src = dst[4:], ls[4:], src[12:]
		}
	} else {
		for len(dst) >= 4 && len(ls) >= 4 && len(src) >= 16 {
			d, l, p := (*[4]uint16)(dst), (*[4]uint8)(ls), (*[16]byte)(src)
			x0, y0, z0 := t.roots(p[0], p[1], p[2])
			d[0], l[0] = abOf(x0, y0, z0), lightnessOf(y0)
			x1, y1, z1 := t.roots(p[4], p[5], p[6])
			d[1], l[1] = abOf(x1, y1, z1), lightnessOf(y1)
			x2, y2, z2 := t.roots(p[8], p[9], p[10])
			d[2], l[2] = abOf(x2, y2, z2), lightnessOf(y2)
			x3, y3, z3 := t.roots(p[12], p[13], p[14])
			d[3], l[3] = abOf(x3, y3, z3), lightnessOf(y3)
			dst, ls, src = dst[4:], ls[4:], src[16:]
		}
	}
	for i := range dst {
		p := (*[3]byte)(src[i*format.Size:])
		x, y, z := t.roots(p[0], p[1], p[2])
		dst[i], ls[i] = abOf(x, y, z), lightnessOf(y)
	}
}
