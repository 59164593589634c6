"""Writers come to their turn, within a process and between processes."""

import threading

from ccegov_choice.responses.writers import Writers


def test_another_process_waits_until_the_first_one_is_through(tmp_path):
    # a second opening of the file stands for a second process: locks belong to openings
    first, second = (Writers(f"{tmp_path}/a.sqlite", 10) for _ in range(2))
    order = []

    def write():
        with second:
            order.append("second")

    with first, first:  # also within a turn that one has already
        thread = threading.Thread(target=write)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    first.close()
    second.close()


def test_nobody_waits_for_ever(tmp_path):
    first, second = (Writers(f"{tmp_path}/a.sqlite", 0.05) for _ in range(2))
    with first, second:
        pass
    first.close()
    second.close()


def test_without_a_file_to_lock_the_database_decides(tmp_path):
    for path in (f"{tmp_path}/missing/a.sqlite", ""):
        with Writers(path, 1):
            pass
