package backproj

import "fmt"

// Crop returns the part of the image whose first pixel is (x, y), in the same
// memory. Its strides are written out: none is 0.
func (m Image) Crop(x, y, width, height int) (Image, error) {
	r, err := m.raster()
	if err == nil {
		err = r.contains(x, y, width, height)
	}
	if err != nil {
		return Image{}, fmt.Errorf("backproj: %w", err)
	}
	return Image{
		Pix: m.Pix, Width: width, Height: height, Order: m.Order,
		Offset: r.offset + y*r.row + x*r.pixel,
		Stride: written(r.row), PixelStride: written(r.pixel), ChannelStride: written(r.channel),
	}, nil
}

// Crop returns the part of the plane whose first pixel is (x, y), in the same
// memory. Its strides are written out: none is 0.
func (p Plane) Crop(x, y, width, height int) (Plane, error) {
	r, err := p.raster()
	if err == nil {
		err = r.contains(x, y, width, height)
	}
	if err != nil {
		return Plane{}, fmt.Errorf("backproj: %w", err)
	}
	return Plane{
		Pix: p.Pix, Width: width, Height: height,
		Offset: r.offset + y*r.row + x*r.pixel,
		Stride: written(r.row), PixelStride: written(r.pixel),
	}, nil
}

// contains reports whether the rectangle lies within the raster.
func (r *raster) contains(x, y, width, height int) error {
	if x < 0 || y < 0 || width < 0 || height < 0 || width > r.width-x || height > r.height-y {
		return fmt.Errorf("Crop: %d×%d pixels from (%d, %d) on are not within %d×%d",
			width, height, x, y, r.width, r.height)
	}
	return nil
}

// written returns the stride that stands for a distance: see stride.
func written(distance int) int {
	if distance == 0 {
		return Repeat
	}
	return distance
}
