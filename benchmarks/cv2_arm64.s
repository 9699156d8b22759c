// Sketches of OpenCV's inner loops for arm64, for mca.py: what a compiler would make of them, by hand.
// They are not OpenCV's code, and compute nothing that is used.

// hsv: cvtColor to HSV, for 8 pixels, as the HAL carotene does it: reciprocals in floats, by FRECPE and one
// step of Newton's method, of v and of the chroma.
hsv:
	ld3 {v0.8b, v1.8b, v2.8b}, [x1], #24
	umax v3.8b, v0.8b, v1.8b
	umin v4.8b, v0.8b, v1.8b
	umax v3.8b, v3.8b, v2.8b
	umin v4.8b, v4.8b, v2.8b
	sub v5.8b, v3.8b, v4.8b
	cmeq v6.8b, v3.8b, v2.8b
	cmeq v7.8b, v3.8b, v1.8b
	usubl v8.8h, v1.8b, v0.8b
	usubl v9.8h, v0.8b, v2.8b
	usubl v10.8h, v2.8b, v1.8b
	ushll v11.8h, v5.8b, #1
	ushll v12.8h, v5.8b, #2
	add v9.8h, v9.8h, v11.8h
	add v10.8h, v10.8h, v12.8h
	sxtl v6.8h, v6.8b
	sxtl v7.8h, v7.8b
	bsl v7.16b, v9.16b, v10.16b
	bsl v6.16b, v8.16b, v7.16b
	ushll v13.8h, v3.8b, #0
	ushll v14.8h, v5.8b, #0
	ushll v15.4s, v13.4h, #0
	ushll2 v16.4s, v13.8h, #0
	ushll v17.4s, v14.4h, #0
	ushll2 v18.4s, v14.8h, #0
	sshll v19.4s, v6.4h, #0
	sshll2 v20.4s, v6.8h, #0
	ucvtf v15.4s, v15.4s
	ucvtf v16.4s, v16.4s
	ucvtf v17.4s, v17.4s
	ucvtf v18.4s, v18.4s
	scvtf v19.4s, v19.4s
	scvtf v20.4s, v20.4s
	frecpe v21.4s, v15.4s
	frecpe v22.4s, v16.4s
	frecpe v23.4s, v17.4s
	frecpe v24.4s, v18.4s
	frecps v25.4s, v15.4s, v21.4s
	frecps v26.4s, v16.4s, v22.4s
	frecps v27.4s, v17.4s, v23.4s
	frecps v28.4s, v18.4s, v24.4s
	fmul v21.4s, v21.4s, v25.4s
	fmul v22.4s, v22.4s, v26.4s
	fmul v23.4s, v23.4s, v27.4s
	fmul v24.4s, v24.4s, v28.4s
	fmul v25.4s, v17.4s, v29.4s
	fmul v26.4s, v18.4s, v29.4s
	fmul v19.4s, v19.4s, v30.4s
	fmul v20.4s, v20.4s, v30.4s
	fmul v25.4s, v25.4s, v21.4s
	fmul v26.4s, v26.4s, v22.4s
	fmul v19.4s, v19.4s, v23.4s
	fmul v20.4s, v20.4s, v24.4s
	fcvtns v25.4s, v25.4s
	fcvtns v26.4s, v26.4s
	fcvtns v19.4s, v19.4s
	fcvtns v20.4s, v20.4s
	xtn v25.4h, v25.4s
	xtn2 v25.8h, v26.4s
	xtn v19.4h, v19.4s
	xtn2 v19.8h, v20.4s
	cmlt v20.8h, v19.8h, #0
	and v20.16b, v20.16b, v31.16b
	add v19.8h, v19.8h, v20.8h
	xtn v1.8b, v19.8h
	xtn v2.8b, v25.8h
	st3 {v1.8b, v2.8b, v3.8b}, [x0], #24
	subs x2, x2, #8
	b.ne hsv

// back_project: calcBackProject of two channels, for a pixel: the offsets of two bins, a value, times a scale,
// rounded and limited to a byte.
back_project:
	ldrb w8, [x1]
	ldrb w9, [x1, #1]
	add x1, x1, #3
	ldr x8, [x3, x8, lsl #3]
	ldr x9, [x4, x9, lsl #3]
	add x8, x8, x9
	mov w10, wzr
	cmp x8, x5
	b.hs back_project_outside
	ldr s0, [x6, x8]
	fmul s0, s0, s1
	fcvtns w10, s0
	cmp w10, #255
	csel w10, w10, w11, lt
	bic w10, w10, w10, asr #31
back_project_outside:
	strb w10, [x0], #1
	subs x2, x2, #1
	b.ne back_project

// count: calcHist of two channels, for a pixel.
count:
	ldrb w8, [x1]
	ldrb w9, [x1, #1]
	add x1, x1, #3
	ldr x8, [x3, x8, lsl #3]
	ldr x9, [x4, x9, lsl #3]
	add x8, x8, x9
	cmp x8, x5
	b.hs count_outside
	ldr w10, [x6, x8]
	add w10, w10, #1
	str w10, [x6, x8]
count_outside:
	subs x2, x2, #1
	b.ne count
