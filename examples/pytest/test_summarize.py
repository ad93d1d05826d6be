import json

import pytest
from botocore.exceptions import ClientError, FlexibleChecksumError
from summarize import summarize

bucket = "results"


def put_runs(s3, experiment):
    for number, rate in enumerate((0.5, 1.5)):
        body = json.dumps({"growthRate": rate}).encode()
        s3.put_object(Bucket=bucket, Key=f"{experiment}/runs/{number}.json", Body=body)


def read_summary(s3, experiment):
    body = s3.get_object(Bucket=bucket, Key=f"{experiment}/summary.json")["Body"].read()
    return json.loads(body)


def test_a_summary_is_written_beside_the_runs(s3):
    put_runs(s3, "exp-1")
    assert summarize(s3, bucket, "exp-1") == {"runs": 2, "meanGrowthRate": 1.0}
    assert read_summary(s3, "exp-1") == {"runs": 2, "meanGrowthRate": 1.0}


def test_who_may_only_read_is_refused_and_nothing_is_written(s3, visitor):
    put_runs(s3, "exp-2")
    with pytest.raises(ClientError) as refused:
        summarize(visitor, bucket, "exp-2")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(ClientError) as missing:
        read_summary(s3, "exp-2")
    assert missing.value.response["Error"]["Code"] == "NoSuchKey"


def test_it_works_on_a_day_when_the_store_throttles(s3):
    put_runs(s3, "throttled")
    attempts = []
    s3.meta.events.register("needs-retry.s3.GetObject", lambda **_: attempts.append(1))
    assert summarize(s3, bucket, "throttled")["runs"] == 2
    # Two of them were refused: faults.json.
    assert len(attempts) == 4


def test_bytes_that_were_damaged_on_the_way_are_never_summed_up(s3):
    put_runs(s3, "damaged")
    with pytest.raises(FlexibleChecksumError):
        summarize(s3, bucket, "damaged")


def test_a_second_summary_replaces_the_first_where_overwrites_are_refused(qumulo):
    put_runs(qumulo, "exp-3")
    summarize(qumulo, bucket, "exp-3")
    with pytest.raises(ClientError) as refused:
        qumulo.put_object(Bucket=bucket, Key="exp-3/summary.json", Body=b"{}")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"
    qumulo.delete_object(Bucket=bucket, Key="exp-3/runs/1.json")
    assert summarize(qumulo, bucket, "exp-3") == {"runs": 1, "meanGrowthRate": 0.5}
    assert read_summary(qumulo, "exp-3")["runs"] == 1
