package backproj

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// AppendBGR appends the pixels of the image to dst, row by row from the top,
// each as blue, green, red. It is for those who need an image of any layout as
// the one that all libraries read.
func (m Image) AppendBGR(dst []byte) ([]byte, error) {
	image, err := m.raster()
	if err != nil {
		return dst, fmt.Errorf("backproj: %w", err)
	}
	if image.empty() {
		return dst, nil
	}
	pixels, ok := multiply(image.width, image.height)
	size, fits := multiply(3, pixels)
	if !ok || !fits || uint64(size) > 1<<47 || len(dst) > math.MaxInt-size { // no process has as much
		return dst, errors.New("backproj: its pixels are more than all memory holds")
	}
	dst = slices.Grow(dst, size)
	reader := newPixelReader(image)
	blue, red := 0, 2
	if reader.format.redFirst {
		blue, red = red, blue
	}
	for y := range image.height {
		for x := 0; x < image.width; x += blockPixels {
			n := min(blockPixels, image.width-x)
			src := reader.run(x, y, n)
			for i := range n {
				p := src[i*reader.format.size:][:3]
				dst = append(dst, p[blue], p[1], p[red])
			}
		}
	}
	return dst, nil
}
