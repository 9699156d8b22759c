"""The card's function, ``BackProject([]byte, ...) []byte``, called through gopy's binding of it."""

import numpy as np

from backproj._runtime import loader


def back_project(frame, model):
    """Return the back projection, or None where Go returned nil."""
    native = loader.load("_native")
    handles = [native.Slice_byte_from_bytes(image.tobytes()) for image in (frame, model)]
    handles.append(
        native.binding_BackProject(
            handles[0], frame.shape[1], frame.shape[0], handles[1], model.shape[1], model.shape[0]
        )
    )
    for handle in handles:
        native.IncRef(handle)
    try:
        if native.Slice_byte_len(handles[2]) == 0:
            return None
        return np.frombuffer(native.Slice_byte_to_bytes(handles[2]), np.uint8).reshape(frame.shape[:2])
    finally:
        for handle in handles:
            native.DecRef(handle)
