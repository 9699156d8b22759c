// Package backproj finds colours in images: it back-projects the histogram of
// a model, a patch of what is looked for, onto a frame, so that every pixel
// says how well its colour fits the model.
//
// The results are, byte for byte, those of OpenCV's
//
//	cvtColor(COLOR_BGR2HSV), calcHist, normalize(NORM_MINMAX), calcBackProject
//
// in one pass and without an HSV image in between. Unless a [Layout] says
// otherwise, they are over hue and saturation, of 32 bins each.
// See M. J. Swain and D. H. Ballard, "Color Indexing", IJCV 7:1 (1991).
//
// [BackProject] does it all in one call. To look for the same model in many
// frames, make a [Histogram] once:
//
//	h, err := backproj.NewHistogram(model, nil)
//	...
//	err = h.BackProject(backproj.Plane{Pix: out, Width: w, Height: h}, frame)
package backproj

// BackProject back-projects the histogram of a model onto a frame. Both are
// packed 8-bit BGR images, of w by h and mw by mh pixels. The result has one
// byte a pixel of the frame, 255 where the colour is the model's most common.
//
// It is nil if a size does not fit its slice exactly or the model has no
// pixels.
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
