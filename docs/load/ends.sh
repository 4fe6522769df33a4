#!/bin/sh
#SBATCH --job-name=mqtt-vs-http-ends
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=2
# export START_AT=$(date -u -d '+2 min' +%Y-%m-%dT%H:%M:%SZ)
# ROLE=subscribe sbatch --export=ALL --array=1-2 ends.sh
# ROLE=publish sbatch --export=ALL --array=1-3 ends.sh
exec npx mqtt-vs-http run "${SCENARIO:-readings.yaml}" -t mqtt-qos1 \
  --mqtt-url "${BROKER:-mqtts://broker:8883}" \
  --rate 90 --connections 90 --duration 60s \
  --role "$ROLE" --part auto --start-at "$START_AT" --out "$ROLE-$SLURM_ARRAY_TASK_ID"
