"""In JupyterLab, in a browser: a box is dragged, sliders are moved, and the pictures and the code follow."""

import io
import itertools
import re

import numpy as np
import PIL.Image
import pytest

from helpers.processes import ROOT

WIDTH = HEIGHT = 512  # of the photograph
RESULTS = {"prob": "the back projection", "mask": "above the threshold", "cut": "the frame in the mask"}


def code(page):
    """Return the code that the widget shows."""
    return page.locator(".backproj pre").inner_text()


def box_of(code):
    return tuple(map(int, re.search(r"x, y, w, h = (\d+), (\d+), (\d+), (\d+)\n", code).groups()))


def run(code):
    """Return what the code computes."""
    names = {"frame": np.asarray(PIL.Image.open(ROOT / "examples" / "astronaut.jpg"))}
    exec(code, names)
    return names


def rectangle(locator):
    """Return where an element is on the screen: left, top, width, height."""
    return np.array([locator.bounding_box()[name] for name in ("x", "y", "width", "height")])


def frame(page):
    return page.locator(".backproj-frame")


def slider(page, name):
    return page.get_by_role("slider", name=name, exact=True)


def coarse(picture):
    """Return a picture reduced so far that JPEG, and how a browser scales, make no difference."""
    return np.asarray(PIL.Image.fromarray(picture).convert("RGB").resize((64, 64), PIL.Image.BOX)).astype(int)


def seen(page, name):
    """Return a result as it is on the screen."""
    screen = page.get_by_role("img", name=RESULTS[name]).screenshot()
    return coarse(np.asarray(PIL.Image.open(io.BytesIO(screen)).convert("RGB")))


def alike(one, other):
    """Report whether two pictures look the same. Of the boxes below, any two differ by at least 20."""
    return np.abs(one - other).mean() < 10


def shows(page, names):
    """Report whether the results on the screen are those of the code."""
    return all(alike(seen(page, name), coarse(names[name])) for name in RESULTS)


def drag(page, start, *others):
    """Press the button at a pixel of the photograph and move the mouse to others, as a hand does."""
    left, top, width, _ = rectangle(frame(page))

    def move(place):
        page.mouse.move(*np.add((left, top), np.multiply(place, width / WIDTH)))

    move(start)
    page.mouse.down()
    for begin, end in zip((start, *others), others, strict=False):
        for part in np.linspace(0, 1, 12)[1:]:
            move(np.add(begin, part * np.subtract(end, begin)))


def drag_suit(page, until):
    drag(page, (120, 300), (180, 360))
    page.mouse.up()
    until(lambda: np.allclose(box_of(code(page)), (120, 300, 60, 60), atol=1))


def test_at_first_the_suit_is_in_the_box(page, until):
    assert box_of(code(page)) == (120, 300, 60, 60)
    names = run(code(page))
    until(lambda: shows(page, names))


def test_the_results_follow_while_the_button_is_down(page, until):
    before = seen(page, "prob")
    try:
        drag(page, (400, 40), (478, 100))  # the rocket's wall
        until(lambda: np.allclose(box_of(code(page)), (400, 40, 78, 60), atol=1))
        until(lambda: not alike(seen(page, "prob"), before))
        names = run(code(page))
        until(lambda: shows(page, names))
    finally:
        page.mouse.up()


# Where the button goes down, and where the pointer then goes.
DRAGS = {
    "down and to the right": ((60, 20), (100, 90)),
    "up and to the left": ((320, 180), (250, 120)),
    "beyond the edge": ((40, 200), (20, 260), (-20, 260)),
}


@pytest.mark.parametrize("name", DRAGS)
def test_what_is_seen_is_what_the_code_computes(page, until, name):
    start, *_, end = DRAGS[name]
    drag(page, *DRAGS[name])
    page.mouse.up()
    (left, right), (top, bottom) = (np.clip(sorted(pair), 0, WIDTH) for pair in zip(start, end, strict=True))
    until(lambda: np.allclose(box_of(code(page)), (left, top, right - left, bottom - top), atol=2))
    names = run(code(page))
    until(lambda: shows(page, names))


def test_the_box_is_drawn_where_it_is(page):
    left, top, width, _ = rectangle(frame(page))
    x, y, w, h = rectangle(page.locator(".backproj-box"))
    drawn = np.array([x - left, y - top, w, h]) * WIDTH / width
    assert np.allclose(drawn, box_of(code(page)), atol=1)


def test_one_box_does_not_look_like_another(page):
    line = code(page)
    boxes = ("120, 300, 60, 60", "60, 20, 40, 70", "250, 120, 70, 60", "0, 200, 40, 60")
    shown = [coarse(run(re.sub(r"= [\d, ]+\n", f"= {box}\n", line))["prob"]) for box in boxes]
    assert not any(alike(one, other) for one, other in itertools.combinations(shown, 2))


def test_after_the_button_is_up_or_a_click_the_box_stays(page, until):
    before = code(page)
    left, top, width, height = rectangle(frame(page))
    page.mouse.click(left + width / 2, top + height / 2)
    page.mouse.move(left + width / 3, top + height / 3)
    slider(page, "diameter of the disc").press("ArrowRight")  # what is sent after the moves comes after them
    until(lambda: "disc=6" in code(page))
    assert code(page) == before.replace("disc=5", "disc=6")
    slider(page, "diameter of the disc").press("ArrowLeft")
    until(lambda: code(page) == before)


def test_a_finger_drags_the_box(page, until):
    left, top, width, _ = rectangle(frame(page))
    touch = page.context.new_cdp_session(page)
    places = [
        np.add((left, top), np.multiply(place, width / WIDTH)) for place in ((80, 80), (90, 95), (120, 140))
    ]
    kinds = ["touchStart", "touchMove", "touchMove"]
    for kind, (x, y) in zip(kinds, places, strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    until(lambda: np.allclose(box_of(code(page)), (80, 80, 40, 60), atol=2))
    touch.detach()


# Sliders, the keys that are pressed on each in turn, and what is then in the code.
KEYS = {
    "bins of hue": ("ArrowLeft", "bins=(31, 32)"),
    "bins of saturation": ("ArrowRight", "bins=(31, 33)"),
    "gate: hue from": ("End", "in_range=((179, 0, 0), (179, 255, 255))"),
    "gate: hue to": ("Home", "in_range=((179, 0, 0), (0, 255, 255))"),  # hue wraps around
    "gate: saturation from": ("End", "in_range=((179, 255, 0), (0, 255, 255))"),
    "gate: saturation to": ("Home", "in_range=((179, 0, 0), (0, 0, 255))"),  # takes its other end along
    "gate: value from": ("ArrowUp", "in_range=((179, 0, 1), (0, 0, 255))"),
    "gate: value to": ("ArrowDown", "in_range=((179, 0, 1), (0, 0, 254))"),
    "diameter of the disc": ("Home", "disc=1"),
    "threshold": ("End", "threshold=255"),
}


def test_every_slider_is_reached_and_moved_with_the_keyboard(page, until):
    drag_suit(page, until)
    frame(page).focus()
    for name, (key, expected) in KEYS.items():
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == name
        page.keyboard.press(key)
        until(lambda expected=expected: expected in code(page))
        assert slider(page, name).evaluate("input => input === document.activeElement")


def test_a_box_without_pixels_in_the_gate_is_said_to_be_so(page, until):
    until(lambda: "0 of its" in page.locator(".backproj").get_by_role("status").inner_text())


def test_results_after_the_gate_is_opened_again_are_those_of_the_code(page, until):
    for name, key in {
        "hue from": "Home",
        "hue to": "End",
        "saturation to": "End",
        "value from": "Home",
    }.items():
        slider(page, f"gate: {name}").press(key)
    for key in ("Home", *["ArrowRight"] * 3):
        slider(page, "diameter of the disc").press(key)
    page.get_by_label("threshold by Otsu's method").check()
    until(lambda: "((0, 0, 0), (179, 255, 254))" in code(page) and 'disc=4, threshold="otsu"' in code(page))
    assert slider(page, "threshold").is_disabled()
    names = run(code(page))
    until(lambda: shows(page, names))
    page.get_by_label("threshold by Otsu's method").uncheck()
    until(lambda: "threshold=255" in code(page))


def test_arrow_keys_move_the_box_and_with_shift_its_size(page, until):
    x, y, w, h = box_of(code(page))
    frame(page).focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowUp", "Shift+ArrowDown", "Shift+ArrowLeft"):
        page.keyboard.press(key)
    step = 6  # a hundredth of the width, rounded up
    until(lambda: box_of(code(page)) == (x + 2 * step, y - step, w - step, h + step))


def test_the_button_copies_the_code(page, until):
    page.get_by_role("button", name="Copy", exact=True).click()
    page.get_by_role("button", name="Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == code(page)


def test_python_sees_what_is_chosen_and_changes_it(page, until):
    assert page.evaluate("document.querySelector('.jp-OutputArea-output img') !== null")
    cell = page.locator(".jp-CodeCell").last
    cell.locator(".cm-content").fill(
        "picker.box, picker.bins, picker.threshold = (120, 300, 60, 60), 32, 50\nprint(picker.in_range)"
    )
    page.keyboard.press("Control+Enter")
    until(lambda: box_of(code(page)) == (120, 300, 60, 60) and "bins=(32, 32)" in code(page))
    until(
        lambda: cell.locator(".jp-OutputArea-output").inner_text().strip() == "((0, 0, 0), (179, 255, 254))"
    )
    assert (
        slider(page, "bins of hue").input_value() == slider(page, "bins of saturation").input_value() == "32"
    )
    slider(page, "gate: value to").press("End")
    for key in ("Home", *["ArrowRight"] * 4):
        slider(page, "diameter of the disc").press(key)
    until(lambda: "bins=(32, 32), order" in code(page) and "disc=5, threshold=50" in code(page))


@pytest.fixture
def out():
    """The folder in which pictures of the widget are kept."""
    folder = ROOT / "out"
    folder.mkdir(exist_ok=True)
    return folder


def test_the_picture_for_the_page_about_notebooks_is_small(page, until, out):
    names = run(code(page))
    until(lambda: shows(page, names))
    page.set_viewport_size({"width": 1180, "height": 1250})  # as narrow as the code is without scrolling
    root = page.locator(".backproj")
    until(lambda: root.evaluate("element => element.clientWidth") < 800)
    until(lambda: shows(page, names))
    page.mouse.move(0, 0)
    page.evaluate("document.activeElement.blur()")
    screen = PIL.Image.open(io.BytesIO(root.screenshot())).convert("RGB")
    picture = out / "widget.jpg"
    screen.save(picture, quality=38, optimize=True, progressive=True)
    assert picture.stat().st_size < 80_000


def luminance(colour):
    """Return the relative luminance of a CSS colour, as WCAG has it."""
    parts = np.array([float(part) for part in re.findall(r"[\d.]+", colour)[:3]]) / 255
    return np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4) @ (
        0.2126,
        0.7152,
        0.0722,
    )


@pytest.mark.parametrize("theme", ["Light", "Dark"])
def test_text_can_be_read_in_light_and_dark_themes(page, until, out, theme):
    page.get_by_role("menuitem", name="Settings", exact=True).click()
    page.get_by_text("Theme", exact=True).hover()
    page.get_by_text(f"JupyterLab {theme}", exact=True).click()
    page.locator(f"body[data-jp-theme-light={'true' if theme == 'Light' else 'false'}]").wait_for(
        state="attached"
    )
    style = "name => element => getComputedStyle(element)[name]"
    background = page.locator(".jp-Notebook").first.evaluate(f"({style})('backgroundColor')")

    def contrast():
        text = page.locator(".backproj legend").first.evaluate(f"({style})('color')")
        low, high = sorted((luminance(text), luminance(background)))
        return (high + 0.05) / (low + 0.05)

    until(lambda: contrast() > 7)
    scheme = page.locator(".backproj").evaluate(f"({style})('colorScheme')")
    assert ("dark" in scheme) == (theme == "Dark")
    page.locator(".backproj").screenshot(path=out / f"widget_{theme.lower()}.png")


def test_nothing_is_wider_than_a_phone(page, until):
    page.keyboard.press("Control+B")  # the file browser goes
    page.set_viewport_size({"width": 480, "height": 900})
    root = page.locator(".backproj")
    until(lambda: root.evaluate("element => element.clientWidth") < 420)
    assert root.evaluate("element => element.scrollWidth - element.clientWidth") <= 0
    widths = [
        rectangle(root)[2],
        *(rectangle(page.get_by_role("img", name=name))[2] for name in RESULTS.values()),
    ]
    assert min(widths) > 0.9 * max(widths)
