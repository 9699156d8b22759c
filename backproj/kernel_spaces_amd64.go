package backproj

var avx512Spaces = spacesAssembly{
	batch:   avx512Batch,
	convert: convertSpaceAVX512,
	count:   countSpaceAVX512,
	project: projectSpaceAVX512,
	second:  projectSecondAVX512,
	pair:    projectPairAVX512,
	triple:  projectTripleAVX512,

	tripleBins: projectBinsAVX512,
	plane:      projectPlaneAVX512,
}

// avx512HSV looks up pairs of HSV as bins of three components.
var avx512HSV = spacesAssembly{
	batch:   avx512Batch,
	convert: convertSpaceAVX512,
	count:   countSpaceAVX512,
	project: projectSpaceAVX512,
	second:  projectSecondAVX512,
	pair:    projectBinsAVX512,
}

// avx512Lab has a projectCoded for pairCoding of its own. The steps of Lab, interleaved
// with a lookup of bins, are too many to be a case of another function.
var avx512Lab = spacesAssembly{
	batch:   avx512Batch,
	convert: convertSpaceAVX512,
	count:   countSpaceAVX512,
	project: projectSpaceAVX512,
	pair:    projectLabPairAVX512,
	triple:  projectTripleAVX512,

	tripleBins: projectBinsAVX512,
}

var avx2Spaces = spacesAssembly{
	batch:   avx2Batch,
	convert: convertSpaceAVX2,
	count:   countSpaceAVX2,
	project: projectSpaceAVX2,
	second:  projectValueAVX2,
	triple:  projectTripleAVX2,
	plane:   projectPlaneAVX2,
}

// AVX2 has functions for one space alone, too.
var (
	avx2HSV  = spacesAssembly{batch: avx2Batch, triple: projectHSVAVX2}
	avx2CrCb = spacesAssembly{
		batch:   avx2Batch,
		convert: convertSpaceAVX2,
		count:   countSpaceAVX2,
		project: projectCrCbAVX2,
		triple:  projectTripleAVX2,
	}
	avx2Grey = spacesAssembly{
		batch:   avx2Batch,
		convert: convertSpaceAVX2,
		count:   countSpaceAVX2,
		project: projectSpaceAVX2,
		second:  projectGreyAVX2,
	}
)
