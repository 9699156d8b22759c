"""Find the blob in every frame of a video."""

import sys
import time

import cv2
import numpy as np

import backproj

cap = cv2.VideoCapture(sys.argv[1])
ret, frame = cap.read()
model = frame[206:307, 216:297]
video = cv2.VideoWriter("find_it.avi", cv2.VideoWriter_fourcc(*"MJPG"), 30, frame.shape[1::-1])

times = []
while ret:
    start = time.perf_counter()
    prob = backproj.back_project(frame, model)
    times.append(time.perf_counter() - start)

    moments = cv2.moments(cv2.threshold(prob, 127, 255, cv2.THRESH_BINARY)[1], True)
    x, y = moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]
    print(f"{len(times)}: {int(moments['m00'])} pixels around {x:.2f}, {y:.2f}")
    cv2.circle(frame, (round(x), round(y)), 5, (0, 0, 255), -1)
    video.write(frame)
    ret, frame = cap.read()

video.release()
cv2.imwrite("find_it.png", prob)
print(f"{1000 * np.median(times):.2f} ms per frame", file=sys.stderr)
