// Package backproj finds colours in images: it back-projects the histogram of
// a model, a patch of what is looked for, onto a frame, so that every pixel
// says how well its colour fits the model.
//
// The results are those of OpenCV's reference arithmetic,
//
//	cvtColor(COLOR_BGR2HSV), calcHist, normalize(NORM_MINMAX), calcBackProject
//
// in one pass and without an HSV image in between: the same bytes on every CPU and
// system. A histogram has 32 bins of hue
// by 32 of saturation unless a [Layout] says otherwise. For the method, see M. J.
// Swain and D. H. Ballard, "Color Indexing", IJCV 7:1 (1991).
//
// [BackProject] does it all in one call. To look for the same model in many
// frames, make a [Histogram] once. Frames may lie in memory in many ways, which an
// [Image] describes:
//
//	h, err := backproj.NewHistogram(model, nil)
//	...
//	err = h.BackProject(backproj.Plane{Pix: out, Width: w, Height: h}, frame)
package backproj

// BackProject back-projects the histogram of a model onto a frame. Both are
// packed 8-bit BGR images, of w×h and mw×mh pixels. The result has one byte for
// each pixel of the frame: 255 where the colour is the most common one of the
// model.
//
// The result is nil if a slice does not have exactly the length that its size
// needs, or if the model has no pixels.
func BackProject(frame []byte, w, h int, model []byte, mw, mh int) []byte {
	if !fits(frame, w, h) || !fits(model, mw, mh) {
		return nil
	}
	dst := make([]byte, w*h)
	_, err := BackProjectModel(
		Plane{Pix: dst, Width: w, Height: h},
		Image{Pix: frame, Width: w, Height: h},
		Image{Pix: model, Width: mw, Height: mh}, nil)
	if err != nil {
		return nil
	}
	return dst
}

// fits reports whether pix is exactly a packed BGR image of w by h pixels.
func fits(pix []byte, w, h int) bool {
	if w < 0 || h < 0 {
		return false
	}
	if w == 0 || h == 0 {
		return len(pix) == 0
	}
	// The product 3·w·h could overflow.
	return len(pix)%3 == 0 && len(pix)/3%w == 0 && len(pix)/3/w == h
}
