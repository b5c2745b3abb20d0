"""What has to be done: orders, tasks and pledges, one record with one life-cycle."""
